/**
 * What a desk keeps through a reload, in IndexedDB:
 *
 * - `kept`: the trust bundle, the clock, by name
 * - `used`: jti → until when (ms) a code that can be used no more could be shown, and why it is refused
 * - `unsent`: judgements that the library has not been told of, by id
 * - `conflicts`: what the library found otherwise and nobody has acknowledged, by id
 */

const NAME = "liangzheng-desk";
const STORES = { kept: null, used: "jti", unsent: "id", conflicts: "id" };

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, keyPath ? { keyPath } : {});
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => { opened = null; });
  return opened;
}

/**
 * One transaction over these stores. `work(stores)` starts its requests; resolves, once all is on disk,
 * with what `work` gives, a request standing for its result. Rejects when anything could not be written.
 */
export async function transact(names, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, "readwrite", { durability: "strict" });
    const given = work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
    transaction.oncomplete = () => resolve(given instanceof IDBRequest ? given.result : given);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}

export const get = (store, key) => transact([store], (stores) => stores[store].get(key));
export const all = (store) => transact([store], (stores) => stores[store].getAll());
export const put = (store, value, key) => transact([store], (stores) => stores[store].put(value, key));
export const remove = (store, key) => transact([store], (stores) => stores[store].delete(key));
