// Loads the program that Trunk built and, if that fails, says so in words. A file of its own and not an inline script,
// because the Content-Security-Policy lets only files of this origin run. Trunk.toml writes its element, with the
// names of the two files it loads.

const loader = document.querySelector("script[data-wasm]");
const at = (name) => new URL(loader.dataset[name], document.baseURI);

function tell(reason) {
  const failure = document.getElementById("boot-failure");
  if (!failure) return; // The app has taken the page over, and reports its own failures.
  document.getElementById("boot-state").hidden = true;
  document.getElementById("boot-reason").textContent = reason;
  document.getElementById("boot-link").href = location.href;
  document.getElementById("boot-retry").addEventListener("click", (event) => {
    event.preventDefault(); // A link to the address itself would lose what follows its #.
    location.reload();
  });
  failure.classList.add("known");
}

if (typeof WebAssembly === "undefined") {
  tell("this browser has no WebAssembly, or it is switched off.");
} else {
  try {
    const program = await import(at("js").href);
    await program.default({ module_or_path: at("wasm") });
  } catch (error) {
    tell(`its program did not load (${error?.message ?? error}).`);
    throw error; // The console keeps the stack.
  }
}
