import Contracts
import Hummingbird

/// The second step before something that a person will feel: says what will happen, and wants the user's id typed.
struct ConfirmPage: ConsolePage {
    let desk: ConsoleDesk

    func show(_ request: Request, _ context: ConsoleContext) async throws -> PageView {
        _ = try context.authorized(to: .requestForPerson)
        let form = ConsoleForm(query: request)
        guard let user = form["user"].flatMap({ UserID($0) }),
            let deed = form["do"].flatMap({ PersonDeed(rawValue: $0) })
        else { throw ConsoleFault.notFound("This page") }
        return view(
            deed.title, .people, context, "confirm",
            [
                "title": deed.title, "what": "\(user.masked): \(deed.consequence)", "do": deed.rawValue,
                "user": user.rawValue, "isDangerous": deed == .erase,
                // Made here, so that sending the form twice asks once.
                "messageID": MessageID.random().rawValue,
            ])
    }
}

/// What may be asked for a person.
enum PersonDeed: String {
    case export, erase

    var title: String { self == .export ? "Start an export" : "Erase this person" }

    var consequence: String {
        switch self {
        case .export:
            "everything that is held about this person is put into one file. The link to it is valid for 24 hours."
        case .erase:
            "everything that is held about this person is deleted at once and everywhere, and a certificate is made. "
                + "Nobody can undo it. Start an export first if they want their data."
        }
    }
}
