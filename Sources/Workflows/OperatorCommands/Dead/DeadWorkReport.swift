import AMQP
import Alerting
import Contracts
import DeadLetters
import FoundationEssentials
import Privacy

/// Tells what becomes of letters while `replay` or `discard` works on any number of them: in words or in JSON, at
/// constant memory, with progress on standard error when it takes long.
struct DeadWorkReport {
    enum Work: String, Sendable {
        case replay, discard

        var done: String { self == .replay ? "replayed" : "discarded" }
    }

    private static let shownSingly = 20
    private static let progressEvery = Duration.seconds(2)

    let work: Work
    let isDryRun: Bool
    let isJSON: Bool
    let output: CommandOutput
    /// Letters selected at the start.
    let total: Int
    private(set) var done = 0
    private(set) var skipped = 0
    private var isFirst = true
    private var lastProgress = ContinuousClock.now

    init(_ work: Work, total: Int, isDryRun: Bool, isJSON: Bool, output: CommandOutput) {
        self.work = work
        self.total = total
        self.isDryRun = isDryRun
        self.isJSON = isJSON
        self.output = output
        if isJSON { output.answer(#"{"letters":["#) }
    }

    /// Only after the commit, or for a dry run.
    mutating func did(_ row: DeadRow, _ message: ReplayedMessage? = nil) {
        done += 1
        if isJSON {
            var members = Self.names(row, isDryRun ? "would_be_\(work.done)" : work.done)
            if isDryRun, let message { members.append(.init("publication", Self.json(message))) }
            return element(.object(members))
        }
        if isDryRun, let message {
            output.answer("\(DeadID.short(row.id))  would go to \(message.queue)")
            Self.lines(message).forEach { output.answer("  " + $0) }
        } else if total <= Self.shownSingly {
            let words = isDryRun ? "would be \(work.done)" : work.done
            let message = Plain.line(row.messageID ?? "without id")
            output.answer("\(DeadID.short(row.id))  \(words)  \(Plain.line(row.queue))  message \(message)")
        }
    }

    mutating func skipped(_ row: DeadRow, because reason: String) {
        skipped += 1
        if isJSON {
            return element(.object(Self.names(row, "skipped") + [.init("why", .outside(reason))]))
        }
        if skipped <= Self.shownSingly {
            output.answer("\(DeadID.short(row.id))  not \(work.done): \(Plain.line(reason))")
        } else if skipped == Self.shownSingly + 1 {
            output.answer("… further ones that are not \(work.done) are only counted")
        }
    }

    mutating func progress() {
        guard !isDryRun, ContinuousClock.now - lastProgress > Self.progressEvery || (done + skipped) % 1000 == 0,
            done + skipped < total
        else { return }
        lastProgress = .now
        output.tell("\(done + skipped) of \(total) …")
    }

    /// The last words; called also when the work broke off.
    func finish() {
        let elsewhere = max(0, total - done - skipped)
        if isJSON {
            let counts: [(String, Int)] = [
                (work.done, isDryRun ? 0 : done), ("would_be_\(work.done)", isDryRun ? done : 0), ("skipped", skipped),
                ("untouched", elsewhere),
            ]
            let members = counts.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
            output.answer(#"],"dry_run":\#(isDryRun),\#(members)}"#)
            return
        }
        var words = isDryRun ? "dry run: \(done) would be \(work.done)" : "\(done) \(work.done)"
        if skipped > 0 { words += ", \(skipped) skipped" }
        if elsewhere > 0 { words += ", \(elsewhere) untouched" }
        if isDryRun { words += work == .replay ? "; nothing was sent" : "; nothing was changed" }
        output.answer(words)
        if work == .replay, !isDryRun, done > 0 {
            output.tell(
                "(`repazoo dead list` shows what dies again; what waits for its consumer, `repazoo doctor` counts)")
        }
    }

    private mutating func element(_ json: JSON) {
        output.answer((isFirst ? "" : ",") + json.serialized())
        isFirst = false
    }

    private static func names(_ row: DeadRow, _ result: String) -> [JSON.Member] {
        [
            .init("id", .outside(row.id)), .init("queue", .outside(row.queue)), .init("reason", .outside(row.reason)),
            .init("message_id", .outside(row.messageID)), .init("result", .string(result)),
        ]
    }

    // MARK: What would be sent

    private static func lines(_ message: ReplayedMessage) -> [String] {
        let (publication, properties) = (message.publication, message.publication.properties)
        var table = TextTable()
        table.add("exchange", publication.exchange)
        table.add("routing key", publication.routingKey)
        for (name, value) in self.properties(properties) { table.add(name, Plain.line(value)) }
        for (name, value) in properties.headers.sorted(by: { $0.key < $1.key }) {
            table.add("header", "\(name): \(Plain.line(value.string ?? ""))")
        }
        table.add("body", Plain.line(String(decoding: publication.body, as: UTF8.self)))
        return table.lines
    }

    private static func json(_ message: ReplayedMessage) -> JSON {
        let (publication, properties) = (message.publication, message.publication.properties)
        let named = self.properties(properties).map { JSON.Member($0.0, .outside($0.1)) }
        let headers = properties.headers.sorted { $0.key < $1.key }.map {
            JSON.Member($0.key, .outside($0.value.string))
        }
        return .object([
            .init("exchange", .string(publication.exchange)), .init("routing_key", .string(publication.routingKey)),
            .init("mandatory", .bool(publication.isMandatory)), .init("properties", .object(named)),
            .init("headers", .object(headers)),
            .init("body", .outside(String(decoding: publication.body, as: UTF8.self))),
        ])
    }

    private static func properties(_ properties: AMQPProperties) -> [(String, String)] {
        let time = properties.timestamp.map { RFC3339.text(Date(timeIntervalSince1970: Double($0))) }
        let all: [(String, String?)] = [
            ("message_id", properties.messageID), ("type", properties.type),
            ("content_type", properties.contentType), ("delivery_mode", properties.deliveryMode.map { "\($0)" }),
            ("correlation_id", properties.correlationID), ("app_id", properties.appID), ("timestamp", time),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}
