public import Contracts
public import FoundationEssentials
public import Postgres

/// May this tick be worked? Its slot is neither to come nor long past, and no other message has it.
///
/// A slot belongs to the first message that claims it, for ever: whoever publishes it again, and however often, is told
/// `repeated`. The same message, delivered again after a crash, still has it.
public struct TickGate: Sendable {
    public enum Answer: Equatable, Sendable {
        case go
        /// One of the messages by which the owner of the slot spread its work, counted from 1.
        case share(Int)
        /// Somebody else's slot: nothing to do.
        case repeated
        /// So little ahead that it is only the other clock: to be asked again then.
        case notBefore(Date)
        case refused(RefusalReason)
    }

    /// A slot older than this has been overtaken by others.
    public static let patience: TimeInterval = 7 * 86400
    /// How far the publisher's clock may be ahead of ours.
    public static let clockTolerance: TimeInterval = 5

    private let postgres: PostgresPool

    public init(postgres: PostgresPool) { self.postgres = postgres }

    /// - Parameter shares: Into how many messages the owner may have spread its work.
    public func answer(
        to tick: Tick, from message: MessageID, at now: Date, shares: Int = 0
    ) async throws -> Answer {
        let lead = tick.slot.timeIntervalSince(now)
        if lead > Self.clockTolerance { return .refused(.slotInFuture) }
        if lead > 0 { return .notBefore(tick.slot) }
        if -lead > Self.patience { return .refused(.slotTooOld) }
        let row = try await postgres.query(
            SQL("select claim_tick(\(tick.schedule), \(tick.slot), \(message.rawValue)) as owner").named("claim_tick"))
        guard let owner = MessageID(try row[0].decode(String.self, "owner")) else { return .repeated }
        if owner == message { return .go }
        for number in 1..<(shares + 1) where Self.share(number, of: owner) == message { return .share(number) }
        return .repeated
    }

    /// The name of a follow-up that carries a share, and so what its message id is derived from.
    public static func shareName(_ number: Int) -> String { "share-\(number)" }

    private static func share(_ number: Int, of owner: MessageID) -> MessageID {
        .derived(from: owner, name: shareName(number))
    }
}
