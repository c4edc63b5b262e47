import AuditTrail
import Contracts
import Crypto
import FoundationEssentials
import Privacy

private typealias JSON = Privacy.JSONValue

/// Proof of one erasure: what there was and what there is, when, and where in the audit trail it stands; signed Ed25519 (RFC 8032).
/// It names the user by a salted hash only, so that it can be kept and shown.
///
/// The signature is over the bytes `repazoo-erasure-certificate-v1`, a line feed, and the statement as JSON without white space
/// and with the names of each object in the order of their bytes.
public struct ErasureCertificate: Sendable {
    /// Who else was given something of the user's, and has to be told (GDPR, article 19).
    struct Recipient {
        let name: String
        let received: String
        let told: String

        static let all = [
            Recipient(
                name: "X", received: "the user's access token, with each call",
                told: "to be revoked there by the user or the backend; X holds the posts themselves"),
            Recipient(
                name: "Anthropic", received: "texts of posts without names, addresses or ids",
                told: "nothing to tell: no text can be traced to the user; inputs are not kept for training"),
            Recipient(
                name: "the holder of the object store", received: "exports",
                told: "objects deleted; versions and backups of the store end by its own rules"),
        ]
    }

    public let id: String
    /// The whole of it, to the byte.
    public let text: String

    static let domain = "repazoo-erasure-certificate-v1\n"

    private init(id: String, text: String) {
        self.id = id
        self.text = text
    }

    static func signed(_ statement: Privacy.JSONValue, id: String, by keys: AuditKeys) -> ErasureCertificate {
        let signature = keys.signature(of: Array((domain + statement.serialized(keys: .sorted)).utf8))
        let whole = JSON.object([
            .init("statement", statement),
            .init(
                "signature",
                [
                    "algorithm": "Ed25519",
                    "public_key": .string(keys.publicKeys.texts.first ?? ""),
                    "value": .string(Data(signature).base64EncodedString()),
                ]),
        ])
        return ErasureCertificate(id: id, text: whole.serialized())
    }

    // MARK: Checking, offline

    public struct Reading: Sendable {
        public let id: String
        public let subject: String
        public let salt: String
        public let completedAt: String
        public let publicKey: String
        public let isSignatureGood: Bool
        /// Rows left per table, and objects left; only of withheld categories if all is well.
        public let left: [(table: String, before: Int, after: Int)]
        public let withheld: [String]

        /// Rows that went.
        public var rows: Int {
            left.filter { $0.table != UserTables.objects }.reduce(0) { $0 + $1.before - $1.after }
        }

        /// What is left though no hold of its category was in force: tables, and `objects`.
        public var unexplained: [(table: String, before: Int, after: Int)] {
            left.filter { $0.after != 0 && !withheld.contains(UserTables.category(of: $0.table).rawValue) }
        }

        /// Whether it is about this user.
        public func isAbout(_ user: String) -> Bool {
            let digest = SHA256.hash(data: Data("\(salt):\(user)".utf8))
            return subject == digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
    }

    public struct Unreadable: Error, CustomStringConvertible {
        public var description: String { "this is no certificate of an erasure" }
    }

    /// Reads a certificate and checks its signature with the key that it brings along: compare that with the one you know.
    public static func read(_ bytes: [UInt8]) throws(Unreadable) -> Reading {
        guard let root = try? JSON(parsing: bytes, maximumBytes: 1 << 20, maximumDepth: 8),
            let statement = root["statement"], let signature = root["signature"],
            statement["kind"]?.string == "repazoo.erasure-certificate", let id = statement["certificate"]?.string,
            let subject = statement["subject"]?["hash"]?.string, let salt = statement["subject"]?["salt"]?.string,
            let completedAt = statement["completed_at"]?.string, let tables = statement["tables"]?.members,
            let objects = statement["objects"],
            let key = signature["public_key"]?.string, let value = signature["value"]?.string,
            signature["algorithm"]?.string == "Ed25519"
        else { throw Unreadable() }
        let signed = Data((domain + statement.serialized(keys: .sorted)).utf8)
        let isGood =
            Data(base64Encoded: key).flatMap { try? Curve25519.Signing.PublicKey(rawRepresentation: $0) }
            .flatMap { publicKey in Data(base64Encoded: value).map { publicKey.isValidSignature($0, for: signed) } }
        return Reading(
            id: id, subject: subject, salt: salt, completedAt: completedAt, publicKey: key,
            isSignatureGood: isGood ?? false,
            left: (tables.map { ($0.key, $0.value) } + [(UserTables.objects, objects)]).map { name, count in
                (name, Int(count["before"]?.integer ?? -1), Int(count["after"]?.integer ?? -1))
            },
            withheld: statement["withheld"]?.elements?.compactMap(\.string) ?? [])
    }
}
