using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Training.Progress;

namespace ConvNN.App.Tests.Runs;

public sealed class StepsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Steps => _folder[StepsFile.Name];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_Steps_AreLinesThatRoundTrip()
    {
        using (StepsFile file = new(Steps))
        {
            file.Append(new StepResult(10, 1, 2.302585093, 0.1, 0.1, 1.5, 48_263.4));
            file.Append(new StepResult(20, 1, 1e-12, 1, 0.1 / 3, 0, 1));
        }

        Assert.Equal($"{StepsFile.Header}\n10,1,2.30258509,0.1,0.1,1.5,48263\n20,1,1E-12,1,0.03333333333333333,0,1\n", File.ReadAllText(Steps));
    }

    [Fact]
    public void Flush_StepsThatWereTaken_AreInTheFileAtOnce()
    {
        using StepsFile file = new(Steps);
        for (int step = 1; step <= 1000; step++)
        {
            file.Append(new StepResult(step, 1, 1, 0.5, 0.1, 2, 3));
        }

        file.Flush();

        Assert.Equal([StepsFile.Header, .. Enumerable.Range(1, 1000).Select(step => $"{step},1,1,0.5,0.1,2,3")], File.ReadLines(Steps));
    }

    [Fact]
    public void End_AfterWhatCannotBeWritten_SaysWhichFileAndStep()
    {
        StepsFile file = new(Steps);
        file.Dispose();

        Assert.StartsWith(Steps, Assert.Throws<OutputException>(file.End).Message, StringComparison.Ordinal);
        Assert.Throws<OutputException>(() => file.Append(new StepResult(1, 1, 1, 0.5, 0.1, 2, 3)));
    }

    [Theory]
    [InlineData("", 20, "")]
    [InlineData("10,1,2,0.1,0.1,1,1\n20,1,2,0.1,0.1,1,1\n30,2,2,0.1,0.1,1,1\n", 20, "10,20")]
    [InlineData("10,1,2,0.1,0.1,1,1\n", 0, "")]
    [InlineData("10,1,2,0.1,0.1,1,1\n20,1,2,0.1,0.1,1,1", 20, "10")]
    [InlineData("10,1,2,0.1,0.1,1,1\n20,1,2\n", 20, "10")]
    [InlineData("10,1,2,0.1,0.1,1,1\nNaN,1,2,0.1,0.1,1,1\n20,1,2,0.1,0.1,1,1\n", 20, "10")]
    public void CutAfter_Step_KeepsTheWholeLinesUpToIt(string lines, long last, string expected)
    {
        File.WriteAllText(Steps, $"{StepsFile.Header}\n{lines}");

        StepsFile.CutAfter(Steps, last);

        string[] kept = [.. File.ReadLines(Steps)];
        Assert.Equal(StepsFile.Header, kept[0]);
        Assert.Equal(expected, string.Join(',', kept.Skip(1).Select(line => line.Split(',')[0])));
    }

    [Fact]
    public void CutAfter_MissingOrEmptyStepsLeavesNothingBroken()
    {
        StepsFile.CutAfter(Steps, 5);
        Assert.False(File.Exists(Steps));

        File.WriteAllText(Steps, "");
        StepsFile.CutAfter(Steps, 5);
        Assert.Equal($"{StepsFile.Header}\n", File.ReadAllText(Steps));
    }
}
