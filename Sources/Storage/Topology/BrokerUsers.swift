import Crypto
import FoundationEssentials

/// The broker's users and what each may do: `topology/users.json`, embedded when it was built.
///
/// It is RabbitMQ's definitions format but for the passwords, which are nobody's but the operator's. So it is no file to be imported as
/// it is: the broker would take a user without a password for one who may not log in.
public struct BrokerUsers: Sendable {
    public struct Permission: Decodable, Sendable {
        public let user: String
        public let configure: String
        public let write: String
        public let read: String
    }

    private struct File: Decodable {
        struct User: Decodable {
            let name: String
            let tags: [String]
        }
        let users: [User]
        let permissions: [Permission]
    }

    public let permissions: [Permission]
    private let users: [File.User]

    public init() throws(InvalidTopology) {
        do {
            let file = try JSONDecoder().decode(File.self, from: Data(Self.currentJSON))
            users = file.users
            permissions = file.permissions
        } catch { throw InvalidTopology("topology/users.json cannot be read") }
    }

    public static var currentJSON: [UInt8] { PackageResources.users_json }

    public var names: [String] { users.map(\.name) }

    /// Definitions that the broker imports as they are, with a salted hash for each password.
    ///
    /// - Parameter password: Asked for each name.
    public func definitions(password: (String) throws -> String) rethrows -> String {
        let entries = try users.map { user in
            let tags = user.tags.map { "\"\($0)\"" }.joined(separator: ", ")
            return """
                    {"name": "\(user.name)", "password_hash": "\(Self.hash(of: try password(user.name)))", \
                "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": [\(tags)]}
                """
        }
        let text = String(decoding: Self.currentJSON, as: UTF8.self)
        let rights = text.firstRange(of: "  \"permissions\"").map { String(text[$0.lowerBound...]) } ?? "}"
        return "{\n  \"users\": [\n" + entries.joined(separator: ",\n") + "\n  ],\n" + rights
    }

    /// Base64 of four random bytes and the SHA-256 of them and the password
    /// (https://www.rabbitmq.com/docs/passwords#this-is-the-algorithm).
    private static func hash(of password: String) -> String {
        let salt = (0..<4).map { _ in UInt8.random(in: .min ... .max) }
        return Data(salt + Array(SHA256.hash(data: salt + Array(password.utf8)))).base64EncodedString()
    }
}
