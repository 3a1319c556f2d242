using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.App.Output;

namespace ConvNN.App.Runs;

/// <summary>The columns of a <c>steps.csv</c>.</summary>
internal sealed class StepRows
{
    private readonly Dictionary<string, double[]> _columns;

    private StepRows(Dictionary<string, double[]> columns) => _columns = columns;

    /// <summary>The number of recorded steps.</summary>
    public int Count => this["step"].Count;

    /// <summary>The values of a column; empty if there is none.</summary>
    public IReadOnlyList<double> this[string column] => _columns.GetValueOrDefault(column) ?? [];

    /// <summary>Reads a file. One that is missing has no steps, and an unterminated last line, left by a kill, is ignored.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">It is malformed.</exception>
    public static StepRows Read(string path)
    {
        try
        {
            return new StepRows(File.Exists(path) ? Columns(Csv.Read(path)) : []);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunFileException($"{path}: the steps cannot be read: {wrong.Message.TrimEnd('.')}; move the file away to do without them.", wrong);
        }
    }

    private static Dictionary<string, double[]> Columns(IReadOnlyList<string[]> lines)
    {
        string[] names = StepsFile.Header.Split(',');
        if (lines is not [string[] head, ..] || !head.SequenceEqual(names))
        {
            throw new InvalidDataException($"the first line is not {StepsFile.Header}");
        }

        List<double[]> rows = [];
        foreach (string[] fields in lines.Skip(1))
        {
            double[] row = fields.Length == names.Length ? Array.ConvertAll(fields, field => Number(field, rows.Count + 2)) : throw Wrong(rows.Count + 2);
            if (rows is [.., double[] before] && row[0] <= before[0])
            {
                throw Wrong(rows.Count + 2);
            }

            rows.Add(row);
        }

        return names.Index().ToDictionary(column => column.Item, column => rows.Select(row => row[column.Index]).ToArray());
    }

    private static double Number(string field, int line) =>
        double.TryParse(field, NumberStyles.Float, null, out double number) && double.IsFinite(number) ? number : throw Wrong(line);

    private static InvalidDataException Wrong(int line) => new($"line {line} is not that of a later step");
}
