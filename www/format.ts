// Numbers and times as people read them. Virtual time is always shown in UTC.

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const decimals = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const two = (value: number): string => String(value).padStart(2, "0");

/** `1,204` */
export const count = (value: number): string => integer.format(value);

/** `1,204` or `0.25`: for values that may be small. */
export const amount = (value: number): string => (Math.abs(value) >= 100 ? integer : decimals).format(value);

/** `940`, `12.4 k`, `1.2 M`: always short. */
export function short(value: number): string {
  if (value < 9_999.5) return integer.format(value);
  if (value < 999_500) return `${(value / 1e3).toFixed(value < 99_950 ? 1 : 0)} k`;
  if (value < 999_500_000) return `${(value / 1e6).toFixed(value < 99_950_000 ? 1 : 0)} M`;
  return `${(value / 1e9).toFixed(1)} G`;
}

/** `512 B`, `1.4 MB`, in powers of 1,000. */
export const bytes = (value: number): string => (value < 1000 ? `${value} B` : `${short(value).includes(" ") ? short(value) : `${(value / 1e3).toFixed(1)} k`}B`);

/** `Thu 12 Jan 2023` */
export function date(ms: number): string {
  const d = new Date(ms);
  return `${WEEKDAYS[d.getUTCDay()]} ${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

/** `08:47:31` */
export function time(ms: number): string {
  const d = new Date(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** `08:47:31.250` */
export const timeMs = (ms: number): string => `${time(ms)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, "0")}`;

/** `08:47` */
export const minute = (ms: number): string => time(ms).slice(0, 5);

/** `3 h 20 min`, `45 s`: how long something is. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `60×`, or `max` for as fast as possible. */
export const speed = (factor: number | null): string => (factor === null ? "max" : `${Math.round(factor * 100) / 100}×`);

/** `2 records`, `1 record` */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;
