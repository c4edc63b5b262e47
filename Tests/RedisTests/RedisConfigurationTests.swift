import Redis
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RedisConfigurationTests {
    @Test(arguments: [
        ("redis://localhost", "redis://localhost:6379/0"), ("redis://h:7000/3", "redis://h:7000/3"),
        ("redis://h/", "redis://h:6379/0"), ("redis://user:p%40ss%2F@h:1/2", "redis://h:1/2"),
        ("redis://:secret@h", "redis://h:6379/0"), ("redis://a:b@[::1]:7000/1", "redis://::1:7000/1"),
        ("redis://u:a@b@h", "redis://h:6379/0"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0"), ("unix:///a%20b?db=4", "unix:///a b?db=4"),
    ])
    func reads(url: String, printed: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect("\(configuration)" == printed)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("secret") && !dumped.contains("p@ss"))
    }

    @Test(arguments: [
        "", "localhost:6379", "http://h", "redis://", "redis://:1", "redis://h:0", "redis://h:65536", "redis://h:x",
        "redis://h/x", "redis://h/-1", "redis://user@h", "redis://u:%zz@h", "redis://u:%4@h", "redis://u:%00@h",
        "redis://u:%ff@h", "redis://h?x=secret", "redis://[::1", "redis://[::1]x", "redis://a b", "unix://",
        "unix://relative",
        "unix:///a?x=1", "unix:///a?db=x", "unix:///" + String(repeating: "a", count: 107),
    ])
    func refuses(url: String) {
        let error = #expect(throws: RedisConfiguration.InvalidURL.self) { try RedisConfiguration(url: url) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test func tlsIsRefusedWithAWayOut() throws {
        let error = try #require(
            #expect(throws: RedisConfiguration.InvalidURL.self) { try RedisConfiguration(url: "rediss://u:secret@h") })
        #expect(error.description.contains("unix://") && error.description.contains("tunnel"))
        #expect(!error.description.contains("secret"))
    }

    @Test func commandsPrintTheirNameOnly() {
        let command = RedisCommand("set", "user-secret", "value-secret")
        var dumped = ""
        dump(command, to: &dumped)
        #expect("\(command)" == "SET" && !dumped.contains("secret"))
    }
}
