/// A data story of the large catalog: some have one sentence that matters, at the end of a long page.
struct LargeStory: Sendable {
    let title: String
    /// Its place among the zones.
    let zone: Int
    /// How many thousand characters stand before the sentence that matters.
    let length: Int
    let heading: String
    let sentence: String

    /// Fifteen that answer something, and what people write besides.
    static let all: [LargeStory] =
        known
        + (known.count..<150).map { number in
            LargeStory(
                title: "\(LargeNames.zones[number % 5]) notes \(100 + number)",
                zone: number % 5,
                length: 1 + number % 7,
                heading: "Minutes",
                sentence: "The meeting of group \(number) ended without a decision."
            )
        }

    private static let known = [
        LargeStory(
            title: "Call centre handbook",
            zone: 4,
            length: 13,
            heading: "Recordings",
            sentence: "Call recordings are erased 45 days after the call, unless a complaint is open."
        ),
        LargeStory(
            title: "Working with bank data",
            zone: 1,
            length: 25,
            heading: "Account numbers",
            sentence: "An IBAN may leave the ledger only as its last 4 digits."
        ),
        LargeStory(
            title: "Closing the month",
            zone: 2,
            length: 29,
            heading: "Late invoices",
            sentence: "An invoice that arrives after the third working day is booked in the following month."
        ),
        LargeStory(
            title: "How margins are reckoned",
            zone: 2,
            length: 8,
            heading: "Freight",
            sentence: "Freight belongs to the margin of the order from 2024 on, and to overhead before."
        ),
        LargeStory(
            title: "Naming tables",
            zone: 3,
            length: 6,
            heading: "Temporary tables",
            sentence: "Tables that begin with tmp are dropped after 14 days without a query."
        ),
        LargeStory(
            title: "Leaving the company",
            zone: 0,
            length: 17,
            heading: "Handing over",
            sentence: "A person who leaves hands ownership of data to the team lead 10 days before the last day."
        ),
        LargeStory(
            title: "Churn explained",
            zone: 0,
            length: 21,
            heading: "Definition",
            sentence: "A customer has churned after 180 days without an order; returns do not count as orders."
        ),
        LargeStory(
            title: "Currency conversion",
            zone: 2,
            length: 11,
            heading: "Rates",
            sentence: "Amounts are converted at the rate of the invoice day, published at 16:00 in Frankfurt."
        ),
        LargeStory(
            title: "Data incidents",
            zone: 1,
            length: 14,
            heading: "Reporting",
            sentence: "A leak of personal data is reported to the privacy office within 24 hours."
        ),
        LargeStory(
            title: "Backfilling",
            zone: 3,
            length: 9,
            heading: "Order of steps",
            sentence: "A backfill pauses the hourly loads first and ends with the row count check."
        ),
        LargeStory(
            title: "Test data",
            zone: 3,
            length: 12,
            heading: "Where it comes from",
            sentence:
                "Test systems hold invented customers only; copies of production need leave of the privacy office."
        ),
        LargeStory(
            title: "Supplier scores",
            zone: 0,
            length: 10,
            heading: "Weights",
            sentence: "Punctuality weighs 50 percent, price 30 percent and quality 20 percent."
        ),
        LargeStory(
            title: "Access reviews",
            zone: 1,
            length: 16,
            heading: "Rhythm",
            sentence: "Rights in Snowflake are reviewed by owners every quarter, those of service accounts every month."
        ),
        LargeStory(
            title: "Consent of subscribers",
            zone: 1,
            length: 19,
            heading: "Proof",
            sentence: "The proof of consent to the newsletter is kept for 3 years after the address was removed."
        ),
        LargeStory(
            title: "Stock counts",
            zone: 0,
            length: 7,
            heading: "Differences",
            sentence: "Differences above 2 percent are counted again by another person on the same day."
        ),
    ]

    /// The page as HTML: much that matters little, then the heading and the sentence.
    var html: String {
        var text = "<h1>\(title)</h1>"
        var part = 0
        while text.utf8.count < length * 1000 {
            part += 1
            text += "<h2>Background, part \(part)</h2><p>" + Self.filler[part % Self.filler.count] + "</p>"
        }
        return text + "<h2>\(heading)</h2><p>\(sentence)</p>"
    }

    /// What the search knows of it.
    var index: String { "\(title) \(heading) \(sentence)".lowercased() }

    private static let filler = [
        "This page grew over <b>many years</b>&nbsp;and has been moved from one system to the next. What is said here "
            + "was agreed in a round of all teams &amp; has been read by most of them. Some links lead nowhere now.",
        "<span style=\"color:#333\">Before anything else, please ask in the channel of your team.</span> Most things "
            + "have been asked before, and old answers can be found there.",
        "The picture below shows how the parts fit together. <img src=\"old.png\" alt=\"\"> It is older than the "
            + "text, so that names in it may differ. The colours have no meaning.",
        "<ul><li>Keep it short.</li><li>Keep it true.</li><li>Keep it where others look for it.</li></ul> Those three "
            + "have served us well, and no fourth was found.",
    ]
}
