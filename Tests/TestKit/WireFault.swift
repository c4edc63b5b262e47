/// What a `FaultyWire` does to the connections that go through it.
public enum WireFault: Equatable, Sendable {
    public enum Direction: Sendable {
        case toServer
        case toClient
    }

    public enum Effect: Equatable, Sendable {
        /// The connection ends, for both sides.
        case cut
        /// The connection stays open and nothing moves on it any more, in either direction.
        case stall
        /// These bytes go out instead of what should have followed, and the connection ends.
        case garble([UInt8])
    }

    /// Nothing moves on any connection, and new ones are taken in silence.
    case frozen
    /// New connections are taken and ended at once; those there are go on.
    case refusing
    /// Strikes a connection once `after` more bytes have passed in `direction`: in the middle of a frame or a statement
    /// where that is where they end. `everyConnection` strikes each, those to come too; otherwise the first that gets
    /// there is struck, and the wire is sound again.
    case strikes(Effect, after: Int, Direction, everyConnection: Bool)

    public static func cut(after bytes: Int, _ direction: Direction = .toClient, everyConnection: Bool = false) -> Self
    {
        .strikes(.cut, after: bytes, direction, everyConnection: everyConnection)
    }

    public static func stall(after bytes: Int, _ direction: Direction = .toClient, everyConnection: Bool = false)
        -> Self
    {
        .strikes(.stall, after: bytes, direction, everyConnection: everyConnection)
    }

    /// On every connection, from the next byte on.
    public static func garble(_ bytes: [UInt8], _ direction: Direction = .toClient) -> Self {
        .strikes(.garble(bytes), after: 0, direction, everyConnection: true)
    }
}
