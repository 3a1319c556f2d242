using ConvNN.Model.Inspection;
using ConvNN.Training.Inspection;

namespace ConvNN.Training.Progress;

/// <summary>What an inspection of the layers found after an epoch, with the weights at its end: see <see cref="EpochInspector"/>.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Samples">Training images that were used.</param>
/// <param name="Layers">The layers with trained parameters or rectifiers, in the network's order.</param>
public sealed record LayersInspected(int Epoch, int Samples, IReadOnlyList<LayerInsight> Layers) : TrainingEvent;
