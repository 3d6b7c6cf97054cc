package import MCP

/// The page of a view: one document that needs nothing else, put together from the files in `Pages` when it is read.
package struct ViewPage: Sendable {
    package static let all = [
        ViewPage(.assetExplorer) { [PackageResources.asset_js, PackageResources.explorer_js] },
        ViewPage(.assetDetails) { [PackageResources.asset_js, PackageResources.details_js] },
        ViewPage(.assetLineage) {
            [
                PackageResources.asset_js, PackageResources.graph_js, PackageResources.map_js,
                PackageResources.lineage_js,
            ]
        },
        ViewPage(.metadataChanges) { [PackageResources.drift_js] },
    ]

    /// How long clients may keep a page: it changes with the program only.
    private static let kept = Duration.seconds(3600)

    package let view: View
    /// What only some pages have, in order; a function, because naming a file brings it into memory.
    private let scripts: @Sendable () -> [[UInt8]]

    private init(_ view: View, _ scripts: @escaping @Sendable () -> [[UInt8]]) {
        self.view = view
        self.scripts = scripts
    }

    package var html: String {
        let scripts = ([PackageResources.page_js, PackageResources.host_js] + scripts()).map { Self.text($0) }
        return """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <title>\(view.title)</title>
            <style>
            \(Self.text(PackageResources.page_css))</style>
            <body>
            <script>
            "use strict";
            \(scripts.joined(separator: "\n"))</script>
            </html>

            """
    }

    package var answer: ResourceAnswer { ResourceAnswer(view.contents(html), kept: Self.kept) }

    /// No network, no frames, no forms, whatever a client would let pass; its own scripts are its own business.
    private static let policy = [
        "connect-src 'none'", "img-src 'none'", "media-src 'none'", "object-src 'none'", "frame-src 'none'",
        "worker-src 'none'", "form-action 'none'",
    ].joined(separator: "; ")

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
