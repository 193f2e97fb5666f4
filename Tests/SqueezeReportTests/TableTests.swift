import SqueezeReport
import Testing

@Suite struct TableTests {
  let table = Table(
    [.init("name"), .init("size", .right)],
    rows: [["a", "1"], ["long|er", "1000"]],
    totals: [["total", "1001"]]
  )

  @Test func alignsText() {
    #expect(
      table.text == """
        name     size
        ───────  ────
        a           1
        long|er  1000
        ───────  ────
        total    1001

        """
    )
  }

  @Test func writesMarkdown() {
    #expect(
      table.markdown == """
        | name | size |
        |---|---:|
        | a | 1 |
        | long\\|er | 1000 |
        | **total** | **1001** |

        """
    )
  }
}
