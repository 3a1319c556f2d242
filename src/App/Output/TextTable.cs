using System.Text;

namespace ConvNN.App.Output;

/// <summary>
/// The table of all reports, as lines without borders: words are left-aligned, numbers right-aligned. If lines are too
/// long, columns are dropped one by one, and finally the texts of the first column lose their middles.
/// </summary>
internal sealed class TextTable
{
    private readonly TextColumn[] _columns;
    private readonly List<string[]> _rows;

    /// <summary>Creates a table without rows.</summary>
    /// <param name="columns">Its columns.</param>
    public TextTable(params IEnumerable<TextColumn> columns)
    {
        _columns = [.. columns];
        _rows = [[.. _columns.Select(column => Fold.Plain(column.Title))]];
    }

    /// <summary>Spaces before each line.</summary>
    public int Margin { get; init; }

    /// <summary>Whether the first line has the titles.</summary>
    public bool HasTitles { get; init; } = true;

    /// <summary>Its width with all columns.</summary>
    public int Width => WidthOf(Shown(int.MaxValue), Widths());

    /// <summary>A table with one column of words followed by columns of numbers.</summary>
    /// <param name="titles">Their titles.</param>
    public static TextTable OfFigures(params IEnumerable<string> titles) => new(titles.Select((title, column) => new TextColumn(title) { IsWord = column == 0 }));

    /// <summary>Adds a row.</summary>
    /// <param name="cells">A text for each column. If there are fewer, the last one spans the remaining columns.</param>
    /// <returns>This table.</returns>
    public TextTable Add(params IEnumerable<string> cells)
    {
        _rows.Add([.. cells.Select(Fold.Plain)]);
        return this;
    }

    /// <summary>Adds rows.</summary>
    /// <param name="rows">The cells of each.</param>
    /// <returns>This table.</returns>
    public TextTable AddAll(IEnumerable<IEnumerable<string>> rows)
    {
        foreach (IEnumerable<string> cells in rows)
        {
            Add(cells);
        }

        return this;
    }

    /// <summary>The columns that fit.</summary>
    /// <param name="width">The maximum width of a line.</param>
    public IReadOnlyList<int> Shown(int width)
    {
        int[] widths = Widths();
        List<int> shown = [.. Enumerable.Range(0, _columns.Length)];
        while (WidthOf(shown, widths) > width && shown.MaxBy(column => _columns[column].Goes) is int gone && _columns[gone].Goes > 0)
        {
            shown.Remove(gone);
        }

        return shown;
    }

    /// <summary>The lines.</summary>
    /// <param name="width">The maximum width of a line.</param>
    public IEnumerable<string> Lines(int width = int.MaxValue)
    {
        int[] widths = Widths();
        IReadOnlyList<int> shown = Shown(width);
        widths[0] -= Math.Clamp(WidthOf(shown, widths) - width, 0, Math.Max(0, widths[0] - 1));
        return Rows.Select(row => Fold.Shorten(Line(row, shown, widths), width));
    }

    private IEnumerable<string[]> Rows => _rows.Skip(HasTitles ? 0 : 1);

    private string Line(string[] row, IReadOnlyList<int> shown, int[] widths)
    {
        StringBuilder line = new(new string(' ', Margin));
        foreach (int column in shown)
        {
            line.Append(' ', column == 0 ? 0 : _columns[column].Gap);
            if (column >= OwnCells(row))
            {
                line.Append(row[^1]);
                break;
            }

            string cell = column == 0 ? Fold.Shorten(row[0], widths[0]) : row[column];
            line.Append(_columns[column].IsWord ? Cells.PadRight(cell, widths[column]) : Cells.PadLeft(cell, widths[column]));
        }

        return line.ToString().TrimEnd();
    }

    // All cells of a full row; all but the last of a shorter one.
    private int OwnCells(string[] row) => row.Length == _columns.Length ? row.Length : row.Length - 1;

    private int[] Widths() => [.. _columns.Select((column, i) => Rows.Max(row => Math.Max(column.Width, i < OwnCells(row) ? Cells.Width(row[i]) : 0)))];

    private int WidthOf(IReadOnlyList<int> shown, int[] widths) => Margin + shown.Sum(column => widths[column] + (column == 0 ? 0 : _columns[column].Gap));
}
