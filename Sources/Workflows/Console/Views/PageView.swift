import Hummingbird
import Mustache

/// A page: a template and what it shows. The frame around it (navigation, who is signed in) is the same for all.
struct PageView {
    /// Whoever looks, as the frame shows it.
    struct Frame {
        let title: String
        let section: ConsoleSection?
        let session: ConsoleSession?
        /// Told at the top of the page: what an action just did.
        var notice: String?
    }

    let frame: Frame
    let template: String
    let model: Any

    func response(_ status: HTTPResponse.Status = .ok, from templates: TemplateShelf) -> Response {
        let body = templates.render(self)
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

/// The entries of the navigation.
enum ConsoleSection: String, CaseIterable, Sendable {
    case overview, runs, dead, alerts, people, schedules, compliance

    var path: String { self == .overview ? "/" : "/" + rawValue }

    var name: String {
        switch self {
        case .overview: "Overview"
        case .runs: "Runs"
        case .dead: "Dead letters"
        case .alerts: "Alerts"
        case .people: "People"
        case .schedules: "Schedules"
        case .compliance: "Compliance"
        }
    }
}
