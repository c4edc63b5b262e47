import Contracts
import FoundationEssentials

/// All schedules, as `topology/schedules.json` holds them. Valid by construction.
public struct ScheduleBook: Equatable, Sendable {
    public let schedules: [Schedule]

    /// Where a tick finds its consumer; another key would come back from the broker for ever.
    private static let routingKeys: [RoutingKey] = [.retention, .monitor]

    /// The schedules of this release, embedded when it was built.
    public static func current() throws(InvalidSchedules) -> ScheduleBook {
        try decode(PackageResources.schedules_json)
    }

    /// Throws everything that is wrong with the file, at once.
    public static func decode(_ bytes: [UInt8]) throws(InvalidSchedules) -> ScheduleBook {
        struct File: Decodable {
            struct Entry: Decodable {
                var name: String?
                var cron: String?
                var routingKey: String?
                var purpose: String?

                enum CodingKeys: String, CodingKey {
                    case name, cron, purpose
                    case routingKey = "routing_key"
                }
            }
            var schedules: [Entry]
        }
        guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)) else {
            throw InvalidSchedules([
                "expected {\"schedules\": [{\"name\": …, \"cron\": …, \"routing_key\": …, \"purpose\": …}]}, all of them strings"
            ])
        }
        var faults: [String] = []
        var schedules: [Schedule] = []
        for (index, entry) in file.schedules.enumerated() {
            var here: [String] = []
            let name = entry.name ?? ""
            if !Schedule.isName(name) {
                here.append("name: expected 1 to 64 lower-case letters, digits, - and _")
            } else if schedules.contains(where: { $0.name == name }) {
                here.append("name: there is one of this name before")
            }
            let key = RoutingKey(rawValue: entry.routingKey ?? "")
            if !routingKeys.contains(key) {
                here.append("routing_key: expected \(routingKeys.map(\.rawValue).joined(separator: " or "))")
            }
            let purpose = entry.purpose ?? ""
            if !(1...200).contains(purpose.utf8.count) || purpose.unicodeScalars.contains(where: { $0.value < 0x20 }) {
                here.append("purpose: expected one line that says what it is for")
            }
            let cron = cron(entry.cron ?? "", &here)
            if let cron, here.isEmpty {
                schedules.append(Schedule(name: name, cron: cron, routingKey: key, purpose: purpose))
            }
            let place = Schedule.isName(name) ? name : "schedules[\(index)]"
            faults += here.map { "\(place): \($0)" }
        }
        guard faults.isEmpty else { throw InvalidSchedules(faults) }
        return ScheduleBook(schedules: schedules)
    }

    init(schedules: [Schedule]) { self.schedules = schedules }

    private static func cron(_ text: String, _ faults: inout [String]) -> CronExpression? {
        do throws(CronFault) {
            let cron = try CronExpression(text)
            if cron.next(after: Date(timeIntervalSince1970: 0)) == nil { faults.append("cron: it never comes") }
            return cron
        } catch {
            faults.append("cron: \(error)")
            return nil
        }
    }
}

/// A file of schedules that cannot be meant.
public struct InvalidSchedules: Error, Equatable, CustomStringConvertible {
    public let faults: [String]

    init(_ faults: [String]) { self.faults = faults }

    public var description: String { "the schedules: " + faults.joined(separator: "; ") }
}
