import Mustache

/// The templates and files of the console, built into the program. Immutable once made; safe from any task.
struct TemplateShelf: Sendable {
    private let library: MustacheLibrary
    private let assets: ConsoleAssets

    /// Throws what is wrong with a template: the tests render every one.
    init(assets: ConsoleAssets) throws {
        var library = MustacheLibrary()
        for (name, text) in ConsoleTemplates.all { try library.register(text, named: name) }
        self.library = library
        self.assets = assets
    }

    func render(_ page: PageView) -> String {
        let content = library.render(page.model, withTemplate: page.template) ?? ""
        return library.render(frame(page.frame, content), withTemplate: "frame") ?? content
    }

    /// A part of a page by itself, for live updates.
    func fragment(_ name: String, _ model: Any) -> String { library.render(model, withTemplate: name) ?? "" }

    private func frame(_ frame: PageView.Frame, _ content: String) -> [String: Any] {
        var values: [String: Any] = [
            "title": frame.title, "content": content, "style": assets.style.path, "script": assets.script.path,
            "mark": assets.mark.path,
        ]
        if let notice = frame.notice { values["notice"] = notice }
        guard let session = frame.session else { return values }
        values["session"] = [
            "name": session.name, "role": session.role.description, "form_token": session.formToken,
        ]
        values["sections"] = ConsoleSection.allCases.map { section in
            [
                "path": section.path, "name": section.name,
                "current": section == frame.section,
            ] as [String: Any]
        }
        return values
    }
}
