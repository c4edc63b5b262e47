import EventLoop

/// Writes one file of a folder, sealed if told to.
actor FolderWriter: ObjectWriter {
    private nonisolated let executor = BlockingExecutor(label: "repazoo.object")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var file: PartFile?
    private var sealer: Sealer?

    init(_ path: String, _ key: ObjectKey, _ seal: ObjectSeal?) async throws(ObjectStoreError) {
        sealer = seal.map { Sealer($0, key) }
        try begin(path)
    }

    private func begin(_ path: String) throws(ObjectStoreError) { file = try PartFile(path) }

    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        guard let file else { throw ObjectStoreError(.aborted, "nothing may follow the end of an object") }
        guard var sealer else { return try file.write(bytes) }
        // Taken out while it is changed: two copies would copy what it holds.
        self.sealer = nil
        let sealed = try sealer.append(bytes)
        self.sealer = sealer
        try file.write(sealed)
    }

    func finish() throws(ObjectStoreError) {
        guard let file else { throw ObjectStoreError(.aborted, "nothing may follow the end of an object") }
        if var sealer { try file.write(try sealer.finish()) }
        try file.keep()
        self.file = nil
    }

    func abort() {
        file?.discard()
        file = nil
    }
}
