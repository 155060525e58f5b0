// Operations on this computer until the server has them: IndexedDB, each sealed with AES-GCM under a key that the
// server gives to this reader for this read and that is only ever in memory. What is on disk names no one.

const NAME = "blindread";
const TABLE = "operations";

export class SealedStore {
  #database = null;

  constructor(read, key) {
    this.read = read;
    this.key = key;
  }

  static async open(read, keyText) {
    const bytes = Uint8Array.from(atob(keyText), (letter) => letter.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    const store = new SealedStore(read, key);
    store.#database = await openDatabase();
    return store;
  }

  // The reads of which something is kept here; no key is needed to know that.
  static async reads() {
    const store = new SealedStore("", null);
    store.#database = await openDatabase();
    const keys = await store.#run("readonly", (table) => table.getAllKeys());
    store.close();
    return new Set(keys.map(([read]) => read));
  }

  // {records in the order of capture, sealed: how many this key does not open}
  async load() {
    const rows = await this.#run("readonly", (table) => table.getAll(IDBKeyRange.bound([this.read], [this.read, []])));
    const opened = await Promise.all(rows.map((row) => this.#unseal(row)));
    const records = opened.filter(Boolean).sort((a, b) => a.seq - b.seq);
    return { records, sealed: rows.length - records.length };
  }

  // Writes and removes in one transaction.
  async change({ put = [], remove = [] }) {
    const rows = await Promise.all(put.map((record) => this.#seal(record)));
    await this.#run("readwrite", (table) => {
      for (const row of rows) table.put(row);
      for (const id of remove) table.delete([this.read, id]);
    });
  }

  close() {
    this.#database.close();
  }

  async #seal(record) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(record));
    const box = await crypto.subtle.encrypt(this.#way(iv, record.op_id), this.key, plain);
    return { read: this.read, op_id: record.op_id, iv, box };
  }

  async #unseal({ op_id, iv, box }) {
    try {
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(this.#way(iv, op_id), this.key, box)));
    } catch {
      return null;
    }
  }

  #way(iv, id) {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${this.read}/${id}`) };
  }

  #run(mode, action) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(TABLE, mode, { durability: "strict" });
      const request = action(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: ["read", "op_id"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
