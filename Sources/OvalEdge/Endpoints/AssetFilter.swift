/// By what a search can be narrowed; the raw value is the name on the wire.
package enum AssetFilter: String, CaseIterable, Sendable {
    case connectionName, serverType, schemaName, owner, steward, custodian
    case tags, terms, customFields, dataProducts, classifications, criticalDataElement
    case tableName, folder, reportGroup, apiGroup, dataDomains, governanceRole4, governanceRole5, governanceRole6
    case tableType, reportType, reportLevel, termStatus, ticketStatus, subscriptionMode, criticality, sensitivity
    case deliveryAccessMode, certification, questionWalls
    case dqIndex, popularity, rating, curationScore, nullDensity, density, rowCount, columnCount
    case createdDate

    package enum Kind: Sendable {
        case text, texts
        /// `{"min": 4}`, `{"max": 9}`, `{"eq": 5}`.
        case numbers
        /// `{"from": "2026-01-01", "to": "2026-02-01"}`.
        case dates
    }

    package var kind: Kind {
        switch self {
        case .connectionName, .serverType, .schemaName, .owner, .steward, .custodian: .text
        case .dqIndex, .popularity, .rating, .curationScore, .nullDensity, .density, .rowCount, .columnCount: .numbers
        case .createdDate: .dates
        default: .texts
        }
    }
}
