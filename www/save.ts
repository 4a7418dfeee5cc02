// Hands the person a file, without any server.

/** Saves `text` as a file of this name, where the browser puts downloads. */
export function save(name: string, text: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun with the click; the text need not stay in memory.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
