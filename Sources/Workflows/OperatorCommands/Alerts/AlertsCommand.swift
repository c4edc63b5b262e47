import ArgumentParser

struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Alerts: what is wrong, since when; taken on, or ended by hand.",
        discussion: """
            The monitor opens an alert when a rule of topology/alerts.json is broken, counts it, and ends it when the cause is \
            gone. Woken at night:

              repazoo alerts list                 what is wrong now
              repazoo alerts show 3f2a9c1e        all about one, and what to do
              repazoo alerts ack 3f2a9c1e         "I am on it": PagerDuty stops calling
              repazoo alerts resolve 3f2a9c1e --note "provider outage over"

            An alert of severity compliance may be a breach of personal data: its clock (72 hours, Art. 33 GDPR) runs until \
            somebody resolves it, with a note. An alert that is resolved by hand while its cause lasts comes back.
            """,
        subcommands: [AlertsListCommand.self, AlertsShowCommand.self, AlertsAckCommand.self, AlertsResolveCommand.self])
}
