using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Sweep;

/// <summary>A part of a sweep's trials for a separate job: <c>3/16</c> is every sixteenth trial, written to a separate file.</summary>
/// <param name="Number">The number of the part, from 1.</param>
/// <param name="Count">The number of parts; 1 is the whole.</param>
internal readonly record struct SweepPart(int Number, int Count)
{
    /// <summary>Stands for the part that belongs to this task of a job array.</summary>
    public const string Auto = "auto";

    private const int MaxCount = 100_000;

    /// <summary>All trials.</summary>
    public static SweepPart Whole { get; } = new(1, 1);

    /// <summary>The pattern of the names of all parts' files.</summary>
    public static string FilePattern => "sweep*.csv";

    /// <summary>The name of its file.</summary>
    public string FileName => Count == 1 ? "sweep.csv" : $"sweep-{Number}-of-{Count}.csv";

    /// <summary>Reads <c>3/16</c>, or <c>auto</c> for this task of a job array.</summary>
    /// <param name="text">The text.</param>
    /// <param name="variable">The value of an environment variable, null if it is not set; null for those of this process.</param>
    /// <exception cref="UsageException">It does not have this form, or there is no such task.</exception>
    public static SweepPart Parse(string text, Func<string, string?>? variable = null)
    {
        (int number, int count) = text == Auto ? new JobArray(variable ?? Environment.GetEnvironmentVariable).Part()
            : text.Split('/') is [string first, string second]
            && int.TryParse(first, NumberStyles.None, null, out int left)
            && int.TryParse(second, NumberStyles.None, null, out int right) ? (left, right) : (0, 0);
        return number >= 1 && number <= count && count <= MaxCount
            ? new SweepPart(number, count)
            : throw new UsageException($"--part is {ShownValue.Of(text)}; it must be part K of N, such as 3/16, or auto in a job array.");
    }

    /// <summary>
    /// Whether a trial belongs to this part. Each round deals one trial to each part and starts with a different part, so that no
    /// part gets all the slow trials if a key has as many values as there are parts.
    /// </summary>
    /// <param name="trial">The trial's number, from 0.</param>
    public bool Has(int trial) => (trial + (trial / Count)) % Count == Number - 1;
}
