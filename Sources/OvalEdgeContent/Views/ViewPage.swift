import Crypto
package import MCP
import OvalEdgeTools
import Text

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

    /// Throws where there is no digest to name its script by.
    package var html: String {
        get throws {
            let parts = [PackageResources.page_js, PackageResources.host_js] + scripts()
            let script = "\n\"use strict\";\n" + parts.map { Self.text($0) }.joined(separator: "\n")
            return """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta http-equiv="Content-Security-Policy" content="\(try Self.policy(script))">
                <title>\(view.title)</title>
                <style>
                \(Self.text(PackageResources.page_css))</style>
                <body>
                <script>\(script)</script>
                </html>

                """
        }
    }

    package var answer: ResourceAnswer {
        get throws { ResourceAnswer(view.contents(try html), kept: Self.kept) }
    }

    /// This script and no other, no network, no frames, no forms, whatever else a client would allow (CSP Level 3).
    ///
    /// Styles may be written inline: elements are placed by them.
    private static func policy(_ script: String) throws(CryptoUnavailable) -> String {
        let digest = Base64.encoded(try Crypto.digest(Array(script.utf8)))
        return [
            "default-src 'none'", "script-src 'sha256-\(digest)'", "style-src 'unsafe-inline'", "base-uri 'none'",
            "form-action 'none'",
        ].joined(separator: "; ")
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
