using ConvNN.Model.Losses;
using ConvNN.Model.Options;

namespace ConvNN.Model.Tests.Losses;

public class LossRegistryTests
{
    [Theory]
    [InlineData("cross-entropy")]
    [InlineData("Cross-Entropy")]
    public void Find_KnownName_IsTheLoss(string name) => Assert.Equal(new CrossEntropyOptions(), LossRegistry.Types.Find(name));

    [Theory]
    [InlineData("crossentropy", "Training:Loss:Type is crossentropy, which is not a known loss; did you mean cross-entropy? (known here: cross-entropy, mean-squared-error).")]
    [InlineData("mse", "Training:Loss:Type is mse, which is not a known loss; known here: cross-entropy, mean-squared-error.")]
    public void Find_UnknownName_ThrowsWithTheNearest(string name, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => LossRegistry.Types.Find(name)).Message);
}
