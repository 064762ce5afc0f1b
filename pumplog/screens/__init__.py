"""Glass: what a person sees and touches. A screen asks and shows; it does not think."""
