import Crypto
import CryptoExtras
import EventLoop
import FoundationEssentials
public import Privacy

/// A password as it is stored: scrypt (RFC 7914) in the PHC string format, `$scrypt$ln=15,r=8,p=3$SALT$HASH`, salt and hash in
/// base64 without padding (https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md).
///
/// N = 2^15, r = 8, p = 3 is one of the equal choices of OWASP's Password Storage Cheat Sheet: 32 MiB and about a tenth of a
/// second a try. The work runs on a thread of its own, as it would block a thread of the cooperative pool.
public struct PasswordHash: Sendable, Equatable {
    private static let cost = Cost(logarithm: 15, blockSize: 8, parallelism: 3)

    private struct Cost: Sendable, Equatable {
        let logarithm: Int
        let blockSize: Int
        let parallelism: Int

        /// What a stored string may ask of this process: at most 128 MiB.
        var isBearable: Bool {
            (10...17).contains(logarithm) && (1...8).contains(blockSize) && (1...4).contains(parallelism)
        }
    }

    private let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// A fresh salt each time.
    public static func make(of password: SecretString) async throws -> PasswordHash {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return PasswordHash(cost: cost, salt: salt, hash: try await derive(password, salt, cost, bytes: 32))
    }

    private init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Nil for anything but such a string, and for one whose cost no process should bear.
    public init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]), cost.isBearable,
            let salt = Self.bytes(parts[3]), let hash = Self.bytes(parts[4]), (8...64).contains(salt.count),
            (16...64).contains(hash.count)
        else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    public var text: String {
        "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)$\(Self.base64(salt))$\(Self.base64(hash))"
    }

    /// Takes the same time for a wrong password as for the right one.
    public func matches(_ password: SecretString) async throws -> Bool {
        let derived = try await Self.derive(password, salt, cost, bytes: hash.count)
        return zip(derived, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(
        _ password: SecretString, _ salt: [UInt8], _ cost: Cost, bytes: Int
    ) async throws -> [UInt8] {
        try await BlockingThread.run(name: "password") {
            let key = try KDF.Scrypt.deriveKey(
                from: Array(password.reveal().utf8), salt: salt, outputByteCount: bytes, rounds: 1 << cost.logarithm,
                blockSize: cost.blockSize, parallelism: cost.parallelism)
            return key.withUnsafeBytes { Array($0) }
        }
    }

    private static func cost(_ text: Substring) -> Cost? {
        let values = text.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        guard values.count == 3, values.allSatisfy({ $0.count == 2 }), values.map({ $0[0] }) == ["ln", "r", "p"] else {
            return nil
        }
        let numbers = values.compactMap { Int($0[1]) }
        return numbers.count == 3 ? Cost(logarithm: numbers[0], blockSize: numbers[1], parallelism: numbers[2]) : nil
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }
}
