import Glibc
import HTTPTransport

/// Why an object could not be stored, read or deleted. Names no key, no path, no content. Compare on `kind`.
public struct ObjectStoreError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        case notFound
        /// Out of reach, or not now: worth another try.
        case unavailable
        /// No right, no such bucket, a folder that cannot be written: people have to change something.
        case refused
        /// No room left.
        case full
        /// Not what was written, or another seal.
        case corrupt
        case tooLarge
        /// The writer was aborted, or what it had begun was taken away.
        case aborted
    }

    public let kind: Kind
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    public var isRetryable: Bool { kind == .unavailable || kind == .full }

    public var description: String { "object store: \(reason)" }

    /// - Parameter number: An `errno`.
    init(_ action: String, errno number: Int32) {
        let word = String(cString: strerror(number))
        switch number {
        case ENOENT: self.init(.notFound, "cannot \(action): not there")
        case ENOSPC, EDQUOT: self.init(.full, "cannot \(action): \(word); make room")
        case EACCES, EPERM, EROFS, ENOTDIR, ELOOP:
            self.init(.refused, "cannot \(action): \(word); see to the owner and rights of the folder in EXPORT_STORE")
        default: self.init(.unavailable, "cannot \(action): \(word)")
        }
    }

    /// An answer of which only a piece came is no refusal: whatever is asked of a store may be asked twice.
    init(_ error: HTTPError) {
        let isWorthAnother = error.isRetryable || error.kind == .protocolViolation
        self.init(isWorthAnother ? .unavailable : .refused, "\(error)")
    }
}
