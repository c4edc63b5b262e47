import FoundationEssentials
import Hummingbird
import Logging

/// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): the living part of the overview, whenever it
/// has changed, looked at every three seconds. A stream ends after ten minutes and the browser asks again, so that a session that is
/// over does not go on looking.
struct LiveStream: Sendable {
    private static let interval = Duration.seconds(3)
    private static let looks = 200

    let desk: ConsoleDesk
    let templates: TemplateShelf

    func response() -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { [self] writer in
                var last = ""
                for _ in 0..<Self.looks {
                    if let part = await part(), part != last {
                        try await writer.write(ByteBuffer(string: Self.event("part", part)))
                        last = part
                    } else {
                        // A comment: finds out that nobody listens any more.
                        try await writer.write(ByteBuffer(string: ":\n\n"))
                    }
                    try await Task.sleep(for: Self.interval)
                }
                try await writer.finish(nil)
            })
    }

    /// Nil while the database is away: the page keeps what it shows.
    private func part() async -> String? {
        do {
            return templates.fragment("overview-live", try await Overview.look(desk).model)
        } catch {
            desk.logger.debug("the overview cannot be made", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private static func event(_ name: String, _ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { "data: \($0)" }
        return "event: \(name)\n\(lines.joined(separator: "\n"))\n\n"
    }
}
