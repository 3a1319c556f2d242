using ConvNN.App.Faults;
using ConvNN.App.Runs;
using ConvNN.Training.Progress;

namespace ConvNN.App.Tests.Runs;

public sealed class StepRowsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Steps => _folder[StepsFile.Name];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWasWritten_GivesTheColumns()
    {
        using (StepsFile file = new(Steps))
        {
            file.Append(new StepResult(10, 1, 2.25, 0.1, 0.5, 1.5, 100));
            file.Append(new StepResult(20, 2, 1.25, 0.2, 0.25, 2.5, 200));
        }

        StepRows rows = StepRows.Read(Steps);

        Assert.Equal(2, rows.Count);
        Assert.Equal([10, 20], rows["step"]);
        Assert.Equal([2.25, 1.25], rows["loss"]);
        Assert.Equal([1.5, 2.5], rows["gradient_norm"]);
    }

    [Fact]
    public void Read_NoFile_HasNoSteps() => Assert.Equal(0, StepRows.Read(Steps).Count);

    [Theory]
    [InlineData("epoch,loss\n", "the first line is not step,epoch,")]
    [InlineData(StepsFile.Header + "\n10,1,2,0.1,0.1,1,1\n10,1,2,0.1,0.1,1,1\n", "line 3 is not that of a later step")]
    [InlineData(StepsFile.Header + "\n10,1,NaN,0.1,0.1,1,1\n", "line 2 is not that of a later step")]
    [InlineData(StepsFile.Header + "\n10,1\n", "line 2 is not that of a later step")]
    public void Read_DamagedFile_IsRefusedInOneLine(string text, string expected)
    {
        File.WriteAllText(Steps, text);

        RunFileException refused = Assert.Throws<RunFileException>(() => StepRows.Read(Steps));

        Assert.StartsWith($"{Steps}: the steps cannot be read: {expected}", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("; move the file away to do without them.", refused.Message, StringComparison.Ordinal);
    }
}
