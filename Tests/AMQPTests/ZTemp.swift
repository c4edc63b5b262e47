import AMQP
import TestKit
import Testing
extension AMQPIntegrationTests {
    @Test func ztemp() async throws {
        try await PrivateServers.with([.rabbitmq]) { servers in
            for round in 0..<5 {
                print("ROUND", round, servers.folder)
                try await aBrokerKilledInTheMiddleLosesNothing(servers)
            }
        }
    }
}
