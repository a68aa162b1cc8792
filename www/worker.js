// Runs the page's own program a second time, beside the page, for work that would hold it up. The address of this file says
// where the two files of the program are, as the page's loader does.

const address = new URL(import.meta.url);
const at = (name) => new URL(address.searchParams.get(name), address);
const program = import(at("js").href).then(async (loaded) => {
  await loaded.default({ module_or_path: at("wasm") });
  return loaded;
});

self.onmessage = async (event) => {
  const { number, task } = event.data;
  const say = (part) => self.postMessage({ number, part });
  try {
    (await program).work(task, say);
    self.postMessage({ number, done: true });
  } catch (error) {
    self.postMessage({ number, failed: String(error?.message ?? error) });
    throw error;
  }
};
