import Glibc

/// Folders and the files in them. Every call may block.
enum Folders {
    /// Makes a folder and those above it, for this user alone.
    static func make(_ path: String) throws(ObjectStoreError) {
        var status = stat()
        if stat(path, &status) == 0 { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try make(String(path[..<slash])) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw ObjectStoreError("make a folder", errno: errno) }
    }

    /// Names in a folder are on the disk only when the folder is.
    static func sync(_ path: String) throws(ObjectStoreError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ObjectStoreError("open a folder", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw ObjectStoreError("write a folder to the disk", errno: errno) }
    }

    struct File {
        /// Below the folder that was asked for.
        let path: String
        let size: Int
        let modified: Int
        var isHidden: Bool { path.split(separator: "/").last?.first == "." }
    }

    /// Every file below a folder, links not followed; nothing if there is no such folder.
    static func files(below root: String) throws(ObjectStoreError) -> [File] {
        var found: [File] = []
        var folders = [""]
        while let folder = folders.popLast() {
            for name in try names(in: root + "/" + folder) {
                let path = folder.isEmpty ? name : folder + "/" + name
                var status = stat()
                // Gone meanwhile, perhaps: then it is nothing to us.
                guard lstat(root + "/" + path, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: folders.append(path)
                case S_IFREG:
                    found.append(File(path: path, size: Int(status.st_size), modified: status.st_mtim.tv_sec))
                default: continue
                }
            }
        }
        return found
    }

    /// Removes empty folders at and below `root`.
    static func prune(_ root: String) throws(ObjectStoreError) {
        for name in try names(in: root) where isFolder(root + "/" + name) { try prune(root + "/" + name) }
        // Not empty, because somebody writes there: it stays.
        rmdir(root)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func names(in path: String) throws(ObjectStoreError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw ObjectStoreError("look into a folder", errno: errno)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
