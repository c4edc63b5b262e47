import Foundation
import Hummingbird

/// The fields of a form (application/x-www-form-urlencoded), or of a query; the first of a name counts.
struct ConsoleForm: Sendable {
    private var fields: [String: [String]] = [:]

    init(_ text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count == 2 ? parts[1] : "") else {
                continue
            }
            fields[name, default: []].append(value)
        }
    }

    init(query request: Request) { self.init(request.uri.query ?? "") }

    /// Reads the body, which stays readable. Throws for one that is longer than a form of ours can be.
    init(collecting request: inout Request) async throws {
        let body: ByteBuffer
        do { body = try await request.collectBody(upTo: SignedIn.bodyLimit) } catch {
            throw HTTPError(.contentTooLarge, message: "the form is too long")
        }
        self.init(String(buffer: body))
    }

    /// Nil also for an empty field.
    subscript(name: String) -> String? { fields[name]?.first.flatMap { $0.isEmpty ? nil : $0 } }

    func all(_ name: String) -> [String] { fields[name] ?? [] }

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default:
                "-._~".utf8.contains(byte)
                    ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
            }
        }.joined()
    }

    private static func decoded(_ text: Substring) -> String? {
        String(text.map { $0 == "+" ? " " : $0 }).removingPercentEncoding
    }
}
