// The dropped or chosen files as a flat list of {file, path}, including those in folders; system files can be filtered out.
const OF_THE_SYSTEM = /(^|\/)(\.[^/]*|thumbs\.db|desktop\.ini|dicomdir|__macosx\/.*)$/i;

export const worthSending = ({ path }) => !OF_THE_SYSTEM.test(path);

export const fromChooser = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

export const fromDrop = async (transfer) => {
  // Entries must be read before the first await: the browser empties the list when the event ends.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  return (await Promise.all(entries.map((entry) => walk(entry)))).flat();
};

const walk = async (entry) => {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: entry.fullPath.replace(/^\//, "") }];
  }
  const inside = await children(entry.createReader());
  return (await Promise.all(inside.map((child) => walk(child)))).flat();
};

// The browser returns at most a hundred entries at a time, and an empty list at the end.
const children = async (reader) => {
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...some);
  }
};
