using ConvNN.Model.Networks;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Losses;

/// <summary>Where a network's backward pass begins: the gradient of the loss with respect to the outputs.</summary>
internal static class LossGradient
{
    /// <summary>Fills <see cref="Workspace.OutputGradient"/> for samples that have been through the forward pass.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="workspace">The workspace that holds the samples.</param>
    /// <param name="run">The samples, at the start of the workspace.</param>
    public static void Fill(this ILoss loss, Workspace workspace, in SampleRun run)
    {
        Shape shape = workspace.Layers[^1].Output;
        ReadOnlySpan<float> outputs = workspace.Output(workspace.Layers.Count - 1, run);
        Span<float> gradient = workspace.OutputGradient(run.Count);
        for (int n = 0; n < run.Count; n++)
        {
            int at = n * shape.Stride;
            loss.Evaluate(outputs.Slice(at, shape.Count), run.Labels[n], gradient.Slice(at, shape.Count));
        }

        shape.ClearPadding(gradient, run.Count);
    }
}
