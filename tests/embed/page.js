// Loads the element from the origin that the address names: `?module=http://…/element.js`.
const module = new URLSearchParams(location.search).get("module");
if (module !== null) import(module);
