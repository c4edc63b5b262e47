import Glibc

/// What Prometheus's clients tell about their process, from `/proc/self`. A value that cannot be read is left out.
enum ProcessMetrics {
    static func write(to text: inout PrometheusText) {
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let stat = fieldsOfStat()
        if stat.count > 21, let user = Double(stat[11]), let system = Double(stat[12]) {
            write(
                "process_cpu_seconds_total", "User and system CPU time.", .counter, (user + system) / ticks, to: &text)
        }
        if let count = openDescriptors() {
            write("process_open_fds", "Open file descriptors.", .gauge, Double(count), to: &text)
        }
        if stat.count > 21, let pages = Double(stat[21]) {
            let bytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
            write("process_resident_memory_bytes", "Resident memory.", .gauge, bytes, to: &text)
        }
        if stat.count > 21, let start = Double(stat[19]), let boot = bootTime() {
            let help = "Start of the process, Unix time."
            write("process_start_time_seconds", help, .gauge, boot + start / ticks, to: &text)
        }
    }

    private static func write(
        _ name: String, _ help: String, _ type: MetricType, _ value: Double, to text: inout PrometheusText
    ) {
        text.open(name, help: help, type: type)
        text.line(name, "", PrometheusText.number(value))
    }

    /// The fields of proc(5) `stat` from the third on: the second, the name in parentheses, may hold anything.
    private static func fieldsOfStat() -> [Substring] {
        guard let stat = contents(of: "/proc/self/stat"), let name = stat.lastIndex(of: ")") else { return [] }
        return stat[stat.index(after: name)...].split { $0 == " " || $0 == "\n" }
    }

    private static func bootTime() -> Double? {
        contents(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst(6)) }
    }

    private static func openDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = -3  // ".", ".." and the descriptor of this very reading
        while readdir(directory) != nil { count += 1 }
        return count
    }

    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
