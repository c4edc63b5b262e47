import AMQP
import Contracts
import Export
import FoundationEssentials
import HTTPTransport
import Postgres

/// The demo's export: asked for as the backend would, fetched by its link as the person would, checked as `repazoo exports verify`
/// does.
struct DemoExport {
    struct Fetched {
        let lines: [String]
        let isGood: Bool
    }

    let link: String
    let sha256: String

    static func ask(
        for subject: DemoSubject, _ postgres: PostgresPool, _ broker: AMQPConfiguration,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> DemoExport {
        let id = MessageID.random()
        let request = WorkRequest(ExportRequest(userID: subject.user, requestedBy: "demo"), .export)
        try await request.publish(under: id, to: broker)
        tell("published export \(id)")
        let follower = WorkFollower(postgres: postgres, broker: broker, tell: tell)
        let end = try await follower.follow(id, by: .export, for: subject.user, within: .seconds(120))
        guard end == .done, let receipt = try await WorkReceipt.find(id, by: .export, in: postgres),
            let ready = receipt.events.first(where: { $0.event == .exportReady })?.detail,
            case .string(let link) = ready["link"], case .string(let sha256) = ready["sha256"]
        else { throw CommandFault("the export did not come about: \(end)") }
        return DemoExport(link: link, sha256: sha256)
    }

    /// Leaves `export.zip` in `folder`.
    func fetch(into folder: URL, _ http: HTTPClient) async throws -> Fetched {
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try await http.send(HTTPRequest(.get, link, maxResponseBytes: 1 << 30))
        } catch { throw CommandFault("the export cannot be fetched: \(error)") }
        guard answer.status == 200 else {
            throw CommandFault("the console answered \(answer.status) to the signed link")
        }
        let file = folder.appending(path: "export.zip")
        do { try Data(answer.body).write(to: file) } catch { throw CommandFault("cannot write \(file.path)") }
        let finding = try await ExportFile.check(path: file.path)
        let isGood = finding.problems.isEmpty && finding.sha256 == sha256
        let counts = finding.counts.filter { $0.count > 0 }.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
        return Fetched(
            lines: [
                "", "Export: \(link)", "  \(Plain.count(finding.bytes, "byte")), fetched into \(file.path)",
                "  holds \(counts)",
                isGood
                    ? "  schema, counts and digest are right; open its index.html in a browser"
                    : "  NOT SO: " + (finding.problems.first ?? "another digest than the event gave"),
            ], isGood: isGood)
    }
}
