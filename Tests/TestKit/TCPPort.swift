import Glibc

/// Ports of this machine.
public enum TCPPort {
    /// A loopback port on which nothing listened a moment ago.
    public static func free() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutableBytes(of: &address) { raw -> Int32 in
            let pointer = raw.assumingMemoryBound(to: sockaddr.self).baseAddress
            let bound = bind(descriptor, pointer, length)
            return bound == 0 ? getsockname(descriptor, pointer, &length) : bound
        }
        guard status == 0 else { throw ServerError(description: "no free port (errno \(errno))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
