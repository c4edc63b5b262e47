/// The program `repazoo-sandbox`: reads the command line and serves.
public enum SandboxProgram {
    /// Ends the process: 0 after a clean stop, 64 on bad usage, 69 if the port cannot be had, 78 if the timeline
    /// cannot be read.
    public static func main() async { await SandboxCommand.main() }
}
