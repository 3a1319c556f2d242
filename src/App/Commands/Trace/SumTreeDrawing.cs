using ConvNN.Kernels.Sums;
using ConvNN.Training.Tracing;

namespace ConvNN.App.Commands.Trace;

/// <summary>The sum tree of a step as text of at most 80 columns: one leaf per line, with the joins to their right.</summary>
/// <param name="trace">The step.</param>
internal sealed class SumTreeDrawing(StepTrace trace)
{
    private const int FirstLabel = 8;       // after "leaf 63 "
    private const int Level = 10;           // a label of seven characters and the lines after it
    private const int Width = FirstLabel + (7 * Level);

    private readonly char[][] _rows = [.. trace.Leaves.Select(_ => Enumerable.Repeat(' ', Width + Level).ToArray())];
    private readonly Dictionary<(int Lo, int Hi), double> _norms = trace.Joins.ToDictionary(join => (join.Lo, join.Hi), join => join.Norm);

    /// <summary>The lines, one for each leaf.</summary>
    public IEnumerable<string> Lines()
    {
        Draw(0, trace.Leaves.Count);
        return _rows.Select(row => new string(row).TrimEnd());
    }

    /// <summary>A norm in at most seven characters, since more would not fit between two joins.</summary>
    public static string Text(double norm) => norm switch
    {
        0 => "0",
        < 1e-9 or >= 9.99e9 => norm.ToString("0.0e+0"),
        < 1e-2 or >= 99_999 => norm.ToString("0.00e+0"),
        _ => norm.ToString(norm < 10 ? "0.0000" : norm < 100 ? "0.000" : norm < 1000 ? "0.00" : "0.0"),
    };

    /// <summary>Draws the subtree over [lo, hi); its label is in the row of its last leaf.</summary>
    /// <returns>Its height in joins, and the column after its label.</returns>
    private (int Height, int End) Draw(int lo, int hi)
    {
        if (hi - lo == 1)
        {
            TracedLeaf leaf = trace.Leaves[lo];
            Put(lo, 0, $"leaf {lo}");
            return (0, Put(lo, FirstLabel, leaf.Samples.Count == 0 ? "empty" : Text(leaf.Norm)));
        }

        int middle = SumTree.Middle(lo, hi);
        (int Height, int End) left = Draw(lo, middle);
        (int Height, int End) right = Draw(middle, hi);
        int height = 1 + Math.Max(left.Height, right.Height);
        int label = FirstLabel + (height * Level);
        int corner = label - 2;
        Put(middle - 1, left.End + 1, new string('─', corner - left.End - 1) + '┐');
        for (int row = middle; row < hi - 1; row++)
        {
            _rows[row][corner] = '│';
        }

        Put(hi - 1, right.End + 1, new string('─', corner - right.End - 1) + '┴');
        return (height, Put(hi - 1, label, Text(_norms[(lo, hi)])));
    }

    private int Put(int row, int column, string text)
    {
        text.CopyTo(0, _rows[row], column, text.Length);
        return column + text.Length;
    }
}
