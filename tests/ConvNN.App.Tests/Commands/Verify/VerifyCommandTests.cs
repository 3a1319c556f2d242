using ConvNN.App.Commands.Verify;
using ConvNN.App.Log.Events;

namespace ConvNN.App.Tests.Commands.Verify;

public class VerifyCommandTests
{
    [Fact]
    public void Verdict_EqualHashes_IsZero() =>
        AssertVerdict(("equal", "3 runs gave the same weights, bit for bit", 0), "a", "a", "a");

    [Fact]
    public void Verdict_OneOtherHash_IsADifference() =>
        AssertVerdict(("different", "3 runs gave 2 different sets of weights", 10), "a", "b", "a");

    private static void AssertVerdict((string Word, string Text, int ExitCode) expected, params string[] hashes)
    {
        (TextEvent verdict, int exitCode) = VerifyCommand.Verdict(hashes);

        Assert.Equal(expected, (verdict.Word, $"{verdict.Text}", exitCode));
    }
}
