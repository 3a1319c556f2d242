using System.Globalization;
using ConvNN.App.Runs;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>A program of a user's own may run in any culture, and its runs have the same files.</summary>
public class CultureTests
{
    [Fact]
    public async Task Main_UnderACultureWithDecimalComma_WritesPoints()
    {
        using TemporaryFolder folder = new();
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;

        int exitCode = await Program.Main(["--data", "sample", "--set", "Data:Directory=null", "--limit", "100", "--epochs", "1", "--lr", "0.05", "--output", folder.Path]);

        Assert.Equal(0, exitCode);
        Assert.StartsWith("1,sample,0.05,2.", File.ReadAllLines(Path.Combine(folder.Path, HistoryFile.Name))[1], StringComparison.Ordinal);
        Assert.Contains(" learning_rate=0.05 ", File.ReadAllText(Path.Combine(folder.Path, "log.txt")), StringComparison.Ordinal);
    }
}
