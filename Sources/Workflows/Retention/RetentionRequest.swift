public import Contracts

/// What lies in the queue `repazoo.retention`.
public enum RetentionRequest: Equatable, Sendable {
    case tick(Tick)
    case erase(EraseRequest)

    init(_ body: [UInt8], _ type: MessageType) throws(InvalidMessage) {
        self = type == .erase ? .erase(try EraseRequest.decode(body)) : .tick(try Tick.decode(body))
    }
}
