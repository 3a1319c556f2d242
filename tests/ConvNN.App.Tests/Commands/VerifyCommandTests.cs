using ConvNN.App.Commands;

namespace ConvNN.App.Tests.Commands;

public class VerifyCommandTests
{
    [Fact]
    public void Verdict_EqualHashes_IsZero() =>
        Assert.Equal(("equal   3 runs gave the same weights, bit for bit", 0), VerifyCommand.Verdict(["a", "a", "a"]));

    [Fact]
    public void Verdict_OneOtherHash_IsOne() =>
        Assert.Equal(("DIFFERENT  3 runs gave 2 different sets of weights", 1), VerifyCommand.Verdict(["a", "b", "a"]));
}
