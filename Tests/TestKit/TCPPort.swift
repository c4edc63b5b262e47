import Glibc

/// Ports of this machine.
public enum TCPPort {
    /// A loopback port on which nothing listened a moment ago, outside of what the private servers take and of what the kernel gives
    /// to outgoing connections (32768 to 60999 as a rule): one of those could take it before the program does that it is for.
    public static func free() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 61_000...65_000)
            if isFree(port) { return port }
        }
        throw ServerError(description: "no free port between 61000 and 65000")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeBytes(of: &address) { raw in
            bind(descriptor, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(raw.count)) == 0
        }
    }
}
