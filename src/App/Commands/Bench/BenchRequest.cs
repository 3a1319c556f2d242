using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Bench;

/// <summary>The arguments of <c>convnn bench</c> beyond its configuration.</summary>
/// <param name="IsJson">Whether to print one JSON document instead of tables.</param>
/// <param name="IsQuick">Whether to measure for only a few seconds.</param>
/// <param name="HasFile">Whether a configuration file was named, so that only its network is measured.</param>
/// <param name="Cores">The numbers of cores for which to predict a step; empty for none.</param>
internal sealed record BenchRequest(bool IsJson, bool IsQuick, bool HasFile, IReadOnlyList<int> Cores)
{
    /// <summary>The page to write with the speed-up; null for none.</summary>
    public string? Html { get; init; }

    private const int MostCores = 1024;

    /// <summary>Reads a list of numbers of cores: <c>4,8,16</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static IReadOnlyList<int> ReadCores(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int cores) && cores is >= 1 and <= MostCores
            ? cores
            : throw new UsageException($"--cores is {ShownValue.Of(text)}; it must be a list of whole numbers between 1 and {MostCores}, such as 4,8,16.")).Distinct(),
    ];
}
