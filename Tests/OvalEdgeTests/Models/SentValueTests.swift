import JSON
import OvalEdge
import Testing

@Suite struct `Values in many forms` {
    @Test(
        arguments: [
            (true, true), (1, true), ("1", true), ("Y", true), (" yes ", true), ("TRUE", true), (false, false),
            (0, false), ("0", false), ("n", false), ("No", false), ("false", false), (2, nil), ("maybe", nil),
            ("", nil), (.null, nil), ([], nil), ("None", nil), (1.5, nil),
        ] as [(JSON, Bool?)]
    )
    func `are read as a flag, or not known`(json: JSON, flag: Bool?) {
        #expect(json.flag == flag)
    }

    @Test(
        arguments: [
            ("-1,200", -1200), ("1 200", 1200), ("1\u{A0}200", 1200), ("1'200", 1200), ("1.200,5", 1200.5),
            ("1,200.5", 1200.5), ("1.200.300", 1_200_300), ("1,200,300", 1_200_300), ("12,5", 12.5), ("0,875", 0.875),
            ("1200,500", 1200.5), ("\u{2212}3", -3), ("+7", 7), ("91", 91), ("0.875", 0.875), (12, 12), (.null, nil),
            ("1e3", 1000), ("1,20,300", nil), ("1,200 300", nil), ("1,200.5.5", nil), ("12 apples", nil), ("", nil),
            ("-", nil), ("1 2", nil), ("nan", nil), ("0x10", nil), (true, nil), ("1,2,3", nil), (",5", nil),
        ] as [(JSON, Double?)]
    )
    func `are read as a number with the separators of any country`(json: JSON, number: Double?) {
        #expect(json.decimal == number)
        #expect(json.wholeNumber == number.flatMap { Int(exactly: $0) })
    }

    @Test func `keep whole numbers that a fraction could not hold`() {
        #expect(JSON.string("9,007,199,254,740,993").wholeNumber == 9_007_199_254_740_993)
        #expect(JSON.string("9007199254740993").wholeNumber == 9_007_199_254_740_993)
    }

    @Test(
        arguments: [
            (1_757_980_800_000, "2025-09-16"), ("1757980800000", "2025-09-16"), (1_757_980_800, "2025-09-16"),
            (1_757_984_461, "2025-09-16T01:01:01Z"), ("2026-10-01", "2026-10-01"), ("2026/10/1", "2026-10-01"),
            ("20261001", "2026-10-01"), ("2026-10-01T00:00:00", "2026-10-01T00:00:00"),
            ("2026-10-01 00:00:00.0", "2026-10-01"),
            ("2026-10-01 14:05:09.123", "2026-10-01T14:05:09"), ("2026-10-01T14:05:09Z", "2026-10-01T14:05:09Z"),
            ("2026-10-01T14:05:09+0200", "2026-10-01T14:05:09+02:00"),
            ("2026-10-01T00:00:00.000+00:00", "2026-10-01T00:00:00Z"), ("01-Oct-2026", "2026-10-01"),
            ("Oct 1, 2026 2:05 PM", "2026-10-01T14:05:00"), ("1st October 2026", "2026-10-01"),
            ("Thu Oct 01 14:05:09 UTC 2026", "2026-10-01T14:05:09Z"), ("13/10/2026", "2026-10-13"),
            ("10/13/2026", "2026-10-13"), ("01.10.2026", "2026-10-01"), ("29/02/2028", "2028-02-29"),
        ] as [(JSON, String)]
    )
    func `are read as a date`(json: JSON, text: String) {
        #expect(json.date?.text == text)
    }

    @Test(
        arguments: [
            "0000-00-00", "03/04/2026", "2026-13-01", "2026-02-30", "yesterday", "01-Oct-26", "2026-10-01 25:00", 0, 7,
            -1_757_980_800, "Thu Oct 01 14:05:09 CET 2026", "12:30", "2026-10", .null, true, "0001-01-01",
        ] as [JSON]
    )
    func `are not read as a date where they could be two, or are not one`(json: JSON) {
        #expect(json.date == nil)
    }

    @Test(
        arguments: [
            ("isPrimaryKey", "Y", true), ("isPrimaryKey", 0, false), ("has_children", "no", false),
            ("nullable", 1, true),
            ("criticalDataElement", 0, "No"), ("criticalDataElement", true, "Yes"),
            ("criticalDataElement", "None", "None"),
            ("createdDate", 1_757_980_800_000, "2025-09-16"), ("lastCrawledOn", "0000-00-00", .null),
            ("createdDate", "03/04/2026", "03/04/2026"), ("topValue", "Y", "Y"), ("issue", "Y", "Y"),
            ("rowCount", 1, 1),
            ("isPrimaryKey", "perhaps", "perhaps"), ("isPrimaryKey", .null, .null), ("island", 1, 1),
        ] as [(String, JSON, JSON)]
    )
    func `have one form in answers, where their name says what they are`(name: String, sent: JSON, shown: JSON) {
        #expect(sent.normal(as: name) == shown)
    }
}
