package import MCP

/// What shows the answers of the four tools that read the catalog to people.
extension View {
    package static let assetExplorer = View(
        "ui://ovaledge/asset-explorer.html",
        name: "asset_explorer_view",
        title: "Catalog search",
        description: "Assets that were found, to look through, open and search on."
    )

    package static let assetDetails = View(
        "ui://ovaledge/asset-details.html",
        name: "asset_details_view",
        title: "Asset details",
        description: "One asset: people, descriptions, columns with their profile, relationships."
    )

    package static let assetLineage = View(
        "ui://ovaledge/asset-lineage.html",
        name: "asset_lineage_view",
        title: "Lineage graph",
        description: "Where data comes from and goes to, as a graph and as a table."
    )

    package static let metadataChanges = View(
        "ui://ovaledge/metadata-changes.html",
        name: "metadata_changes_view",
        title: "Metadata drift",
        description: "What changed between two crawls: what may break first, then the rest."
    )
}
