using ConvNN.App.Faults;
using ConvNN.App.Log.Events;
using ConvNN.Training;

namespace ConvNN.App.Commands.Train;

/// <summary>The weights that a run must end in, since it is the repetition of another.</summary>
/// <param name="Sha256">The SHA-256 of the weights.</param>
/// <param name="Epochs">The epochs of the other run; one that was stopped had fewer.</param>
/// <param name="Source">What has them: <c>row acf9c87aea42 of sweeps</c>.</param>
internal sealed record ExpectedWeights(string Sha256, int Epochs, string Source)
{
    /// <summary>Says that a run has the weights.</summary>
    /// <param name="result">The result of the run, which was not stopped.</param>
    /// <exception cref="DifferenceException">It has others.</exception>
    public TextEvent Compare(TrainingResult result)
    {
        string found = result.Test?.WeightsSha256 ?? result.WeightsSha256;
        if (found == Sha256)
        {
            return new TextEvent("same", $"the weights of {Source:as}, bit for bit");
        }

        // A trial that was stopped on the way had the best weights so far.
        return result.Epochs.Take(Epochs).FirstOrDefault(epoch => epoch.WeightsSha256 == Sha256) is { } passed
            ? new TextEvent("passed", $"the weights of {Source:as} after epoch {passed.Epoch:epoch}, bit for bit; that trial was stopped there")
            : throw new DifferenceException(
                $"the weights are {found[..12]}, not those of {Source}: since then the data, the program or what the configuration names has changed, "
                + "or an option here changes the run.");
    }
}
