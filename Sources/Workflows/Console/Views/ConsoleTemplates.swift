/// The Mustache templates by name, from the files of `Assets`.
enum ConsoleTemplates {
    static let all: [(name: String, text: String)] = [
        ("frame", PackageResources.frame_mustache), ("sign-in", PackageResources.sign_in_mustache),
        ("fault", PackageResources.fault_mustache), ("onward", PackageResources.onward_mustache),
        ("overview", PackageResources.overview_mustache),
        ("overview-live", PackageResources.overview_live_mustache), ("runs", PackageResources.runs_mustache),
        ("run", PackageResources.run_mustache), ("dead", PackageResources.dead_mustache),
        ("dead-letters", PackageResources.dead_letters_mustache), ("alerts", PackageResources.alerts_mustache),
        ("people", PackageResources.people_mustache), ("person", PackageResources.person_mustache),
        ("confirm", PackageResources.confirm_mustache), ("schedules", PackageResources.schedules_mustache),
        ("compliance", PackageResources.compliance_mustache),
    ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
}
