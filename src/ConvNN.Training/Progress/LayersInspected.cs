using ConvNN.Model.Inspection;
using ConvNN.Training.Inspection;

namespace ConvNN.Training.Progress;

/// <summary>What was seen of the layers after an epoch, with the weights that it ended with: see <see cref="EpochInspector"/>.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Samples">Training images that were looked at.</param>
/// <param name="Layers">The layers with trained parameters or rectifiers, in the network's order.</param>
public sealed record LayersInspected(int Epoch, int Samples, IReadOnlyList<LayerInsight> Layers) : TrainingEvent;
